import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Accounts, Because, SendState } from '../src/platform/index.ts';

/** A person said STOP, and it is committed; the next look sees it. */
export const stopReceived = defineSignal('stopReceived');

/** The row changed: a booking was moved, a step confirmed, an answer is owed. */
export const changed = defineSignal('changed');

/** Its campaign goes on in a new run, which starts it again: it ends for now. */
export const calledBack = defineSignal('calledBack');

/** The moment came by the law clock, or the law itself changed. */
export const replan = defineSignal('replan');

/** Orders of an operator, written to the row before they are obeyed. */
export const pause = defineSignal('pause');
/** Ends a pause. */
export const resume = defineSignal('resume');
/** Ends the whole; what has not left never leaves. */
export const cancel = defineSignal('cancel');

/** What a conducted workflow can be told. */
export const signals = { stopReceived, changed, calledBack, replan, pause, resume, cancel } as const;

/** What operators may order. */
export type Order = 'pause' | 'resume' | 'cancel';

/** How far it is. */
export interface Progress {
  readonly state: SendState;
  readonly accounts?: Accounts;
  /** Shards of a campaign. */
  readonly shards?: { readonly open: number; readonly inFlight: number };
  readonly lastOrder?: { readonly order: Order; readonly refused?: string };
}

/** What it waits for, until when, and by which rule. */
export interface Next {
  readonly state: SendState;
  readonly because: Because;
  /** ISO instant of the law clock; absent when it does not wait. */
  readonly nextActionAt?: string;
}

/** How far it is. */
export const progress = defineQuery<Progress>('progress');

/** What it waits for. */
export const next = defineQuery<Next>('next');

/** Keeps the seal's copy where a restore of the database does not reach. */
export const keepSeal = defineSignal<[copy: string]>('keepSeal');
