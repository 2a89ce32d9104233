import { defineEntity, p } from '@mikro-orm/core';

/** An account at an operator. */
export const GatewayAccountSchema = defineEntity({
  name: 'GatewayAccount',
  tableName: 'gateway_account',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    kind: p.text(),
    fake: p.boolean(),
    ratePerSecond: p.integer().nullable(),
    halted: p.boolean(),
    haltReason: p.text().nullable(),
    haltedAt: p.datetime(6).nullable(),
    state: p.text(),
    credit: p.decimal().nullable(),
    callsThen: p.bigint().nullable(),
    lastReceiptAt: p.datetime(6).nullable(),
    lastStopAt: p.datetime(6).nullable(),
    provenAt: p.datetime(6).nullable(),
    provenHow: p.text().nullable(),
    processorCountry: p.text().nullable(),
    processorName: p.text().nullable(),
    updatedAt: p.datetime(6),
    learnedBase: p.integer().nullable(),
    learnedSince: p.datetime(6).nullable(),
    learnedHits: p.integer().nullable(),
    isDefault: p.boolean(),
    /** Number of consecutive receipts without a message. */
    receiptsLost: p.integer(),
  },
});

/** An operator's own counts of one day, beside ours. */
export const AccountBillSchema = defineEntity({
  name: 'AccountBill',
  tableName: 'account_bill',
  properties: {
    accountId: p.uuid().primary(),
    countedOn: p.date().primary(),
    messages: p.bigint(),
    partsOurs: p.bigint(),
    partsReported: p.bigint().name('parts_told'),
    costOurs: p.decimal(),
    costReported: p.decimal().name('cost_told'),
  },
});

/** The last time an account's state was reported to a tenant by its own messages. */
export const AccountReceivedSchema = defineEntity({
  name: 'AccountHeard',
  tableName: 'account_heard',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    /** Of the tenant's own messages. */
    lastReceiptAt: p.datetime(6),
  },
});

/** A trial in which a person tests an account with a real phone. */
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

/** A tenant's halt of one account, for its own messages. */
export const GatewayHaltSchema = defineEntity({
  name: 'GatewayHalt',
  tableName: 'gateway_halt',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    reason: p.text(),
    /** By the law clock. */
    since: p.datetime(6),
    haltedBy: p.text().nullable(),
  },
});
