import { brevo } from './brevo/brevo-operator.ts';
import type { HttpKind, HttpOperatorEntry, Kind, OperatorEntry } from './entry.ts';
import { octopush } from './octopush/octopush-operator.ts';
import { ovh } from './ovh/ovh-operator.ts';
import { sandbox } from './sandbox/sandbox-operator.ts';
import { smpp } from './smpp/smpp-operator.ts';
import { smsmode } from './smsmode/smsmode-operator.ts';
import { twilio } from './twilio/twilio-operator.ts';

/** The operators over HTTP. */
export const HTTP_OPERATORS: { readonly [K in HttpKind]: HttpOperatorEntry<K> } = {
  octopush,
  ovh,
  twilio,
  brevo,
  smsmode,
};

/** Every kind of operator. */
export const OPERATORS: { readonly [K in Kind]: OperatorEntry<K> } = { ...HTTP_OPERATORS, smpp, sandbox };
