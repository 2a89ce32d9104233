import { readdirSync, readFileSync } from 'node:fs';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { callReader } from '../../../src/gateways/operators.ts';
import type { CallReader } from '../../../src/gateways/http/read-call.ts';
import type { OperatorCall } from '../../../src/sending/gateway/gateway.ts';
import { CREDENTIALS } from '../conformance/subject.ts';

/** Operators that call us over HTTP. */
export const CALLERS = ['octopush', 'ovh', 'twilio', 'brevo', 'smsmode'] as const;
export type Caller = (typeof CALLERS)[number];

/** Names that only a message of ours has: words beside them may be ours. */
export const OURS: Readonly<Record<Caller, readonly string[]>> = {
  octopush: [],
  ovh: ['ptt', 'description', 'descriptiondlr'],
  twilio: ['messagestatus'],
  brevo: [],
  smsmode: ['status', 'value', 'statut', 'refclient', 'price'],
};

/** A call as an operator publishes it, and what it says. */
export interface Sample {
  readonly caller: Caller;
  readonly name: string;
  readonly source: string;
  readonly call: OperatorCall;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly unread: number;
}

interface Written {
  readonly source: string;
  readonly call: Omit<OperatorCall, 'body' | 'contentEncoding'> & {
    readonly body: string;
    /** Bytes that are no UTF-8: a character each. */
    readonly charset?: 'latin1';
  };
  readonly events: Sample['events'];
  readonly unread: number;
}

/** What `npm run account -- try` writes: several samples in one file. */
interface Transcript {
  readonly samples: readonly Written[];
}

/** Every sample of an operator: one file each, or the transcript of a trial. */
export function samplesOf(caller: Caller): readonly Sample[] {
  const folder = new URL(`${caller}/`, import.meta.url);
  return readdirSync(folder).flatMap((file) =>
    samplesIn(caller, file.replace('.json', ''), readFileSync(new URL(file, folder), 'utf8')),
  );
}

/** The samples of one file. */
export function samplesIn(caller: Caller, name: string, text: string): readonly Sample[] {
  const file = JSON.parse(text) as Written | Transcript;
  if ('samples' in file)
    return file.samples.map((written, place) => sampleOf(caller, `${name} ${place + 1}`, written));
  return [sampleOf(caller, name, file)];
}

function sampleOf(caller: Caller, name: string, { source, events, unread, call: written }: Written): Sample {
  const { method, target, contentType, charset = 'utf8' } = written;
  const body = Buffer.from(written.body, charset);
  const call = { method, target, contentType, contentEncoding: '', body };
  return { caller, name, source, events, unread, call };
}

/** The reader of an operator's calls, as an account brings it. */
export function readerOf(caller: Caller): CallReader {
  const account = { name: 'real', kind: caller, credentials: CREDENTIALS[caller], inboundSecret: 'x'.repeat(22) };
  const [read] = readGateways(JSON.stringify([account]), { env: {}, used: () => undefined });
  if (read === undefined) throw new Error('no account was read');
  return callReader(read, 'https://sms.example.test/v1/inbound/real/secret');
}
