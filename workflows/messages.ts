import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { StateCounts, ReasonInWords, SendState } from '../src/platform/index.ts';

/** A STOP of a person was committed; the next look sees it. */
export const stopReceived = defineSignal('stopReceived');

/** The row changed, as when a booking is moved, a step is confirmed or an answer is owed. */
export const changed = defineSignal('changed');

/** The campaign goes on in a new run, which starts this shard again: it ends for now. */
export const calledBack = defineSignal('calledBack');

/** The moment came by the law clock, or the law itself changed. */
export const replan = defineSignal('replan');

/** Orders of an operator, written to the row before they are obeyed. */
export const pause = defineSignal('pause');
export const resume = defineSignal('resume');
/** Ends the whole; unsent messages are never sent. */
export const cancel = defineSignal('cancel');

/** The signals of a workflow with the run loop. */
export const signals = { stopReceived, changed, calledBack, replan, pause, resume, cancel } as const;

export type Order = 'pause' | 'resume' | 'cancel';

export interface Progress {
  readonly state: SendState;
  readonly accounts?: StateCounts;
  readonly shards?: { readonly open: number; readonly inFlight: number };
  readonly lastOrder?: { readonly order: Order; readonly refused?: string };
}

/** The wait of a workflow: its end, and the rule behind it. */
export interface Next {
  readonly state: SendState;
  readonly because: ReasonInWords;
  /** ISO instant of the law clock; absent when it does not wait. */
  readonly nextActionAt?: string;
}

export const progress = defineQuery<Progress>('progress');

export const next = defineQuery<Next>('next');

/** Keeps the seal's copy where a restore of the database does not reach. */
export const keepSeal = defineSignal<[copy: string]>('keepSeal');
