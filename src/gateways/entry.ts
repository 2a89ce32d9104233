import type { GatewayAccount } from '../platform/index.ts';
import type { CallContents, Capabilities, OperatorCall, RawRequest } from '../sending/index.ts';
import type { Words } from '../words/index.ts';
import type { AssumptionId } from './doctor/assumption.ts';
import type { HttpOperator } from './http/operator.ts';

export type Kind = GatewayAccount['kind'];

/** An account of one kind, as the settings give it. */
export type AccountOf<K extends Kind> = { readonly [A in GatewayAccount as A['kind']]: A }[K];

export type CredentialsOf<K extends Kind> = AccountOf<K>['credentials'];

/** The HTTP protocol of an operator. */
export interface HttpEntry<K extends Kind> {
  /** Base URL of its API, where the account names none. */
  readonly home: string;
  readonly protocol: (
    account: AccountOf<K>,
    about: { readonly baseUrl: string; readonly inboundUrl: string },
  ) => HttpOperator;
}

/** All that is particular to one kind of operator; `OPERATORS` lists them. It loads no client: the public server reads calls by it. */
export interface OperatorEntry<K extends Kind> {
  /** By its documentation: begin from `NOTHING`. */
  readonly capabilities: Capabilities;
  /** The assumptions that a trial of a real account checks, in its order. */
  readonly assumptions: readonly AssumptionId[];
  /** The way to answer a text with STOP there. */
  readonly stopHow: Words;
  /** Reads a kept call at the inbound address; it takes no time as input and has no effect. */
  readonly read: (call: OperatorCall) => CallContents;
  /** Checks the signature of a call; absent where it signs none. */
  readonly isGenuine?: (request: RawRequest, account: AccountOf<K>, inboundUrl: string) => boolean;
}

/** The others have a gateway of their own. */
export type HttpKind = Exclude<Kind, 'sandbox' | 'smpp'>;

/** All that is particular to one kind of operator over HTTP. */
export interface HttpOperatorEntry<K extends HttpKind> extends OperatorEntry<K> {
  readonly http: HttpEntry<K>;
}
