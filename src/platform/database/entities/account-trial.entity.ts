import { defineEntity, p } from '@mikro-orm/core';

/** One trial of an account. */
export const AccountTrialSchema = defineEntity({
  name: 'AccountTrial',
  tableName: 'account_trial',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    startedAt: p.datetime(6),
    listensUntil: p.datetime(6),
    texts: p.integer(),
    misSigned: p.integer(),
    findings: p.json().nullable(),
    /** By the machine clock. */
    endedAt: p.datetime(6).nullable(),
    tenantId: p.uuid().nullable(),
    language: p.text().nullable(),
    sealedPhone: p.blob().nullable(),
    conductor: p.uuid().nullable(),
    beatAt: p.datetime(6).nullable(),
    asks: p.text().nullable(),
    shown: p.json(),
    news: p.json().nullable(),
    soFar: p.json().nullable(),
    turn: p.integer(),
  },
});

/** A raw call of the operator during a trial. */
export const AccountTrialCallSchema = defineEntity({
  name: 'AccountTrialCall',
  tableName: 'account_trial_call',
  properties: {
    id: p.uuid().primary(),
    trialId: p.uuid(),
    sealed: p.blob(),
    receivedAt: p.datetime(6),
  },
});
