import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../property-types.ts';

/** An account at an operator. */
export const GatewayAccountSchema = defineEntity({
  name: 'GatewayAccount',
  tableName: 'gateway_account',
  properties: {
    id: p.uuid().primary(),
    name: p.text(),
    kind: p.text(),
    fake: p.boolean(),
    ratePerSecond: p.integer().strictNullable(),
    halted: p.boolean(),
    haltReason: p.text().strictNullable(),
    haltedAt: instantColumn().strictNullable(),
    state: p.text(),
    credit: p.decimal().strictNullable(),
    callsThen: p.bigint().strictNullable(),
    lastReceiptAt: instantColumn().strictNullable(),
    lastStopAt: instantColumn().strictNullable(),
    provenAt: instantColumn().strictNullable(),
    provenHow: p.text().strictNullable(),
    processorCountry: p.text().strictNullable(),
    processorName: p.text().strictNullable(),
    updatedAt: instantColumn(),
    learnedBase: p.integer().strictNullable(),
    learnedSince: instantColumn().strictNullable(),
    learnedHits: p.integer().strictNullable(),
    isDefault: p.boolean(),
    /** Number of consecutive receipts without a message. */
    receiptsLost: p.integer(),
  },
});

/** An operator's counts of one day, and ours. */
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

/** When an account last sent a receipt for a message of that tenant. */
export const AccountReceivedSchema = defineEntity({
  name: 'AccountHeard',
  tableName: 'account_heard',
  properties: {
    tenantId: p.uuid().primary(),
    accountId: p.uuid().primary(),
    lastReceiptAt: instantColumn(),
  },
});

/** A trial in which a person tests an account with a real phone. */
export const AccountTrialSchema = defineEntity({
  name: 'AccountTrial',
  tableName: 'account_trial',
  properties: {
    id: p.uuid().primary(),
    accountId: p.uuid(),
    startedAt: instantColumn(),
    listensUntil: instantColumn(),
    texts: p.integer(),
    misSigned: p.integer(),
    findings: p.json().strictNullable(),
    /** By the machine clock. */
    endedAt: instantColumn().strictNullable(),
    tenantId: p.uuid().strictNullable(),
    language: p.text().strictNullable(),
    sealedPhone: p.blob().strictNullable(),
    conductor: p.uuid().strictNullable(),
    beatAt: instantColumn().strictNullable(),
    asks: p.text().strictNullable(),
    shown: p.json(),
    news: p.json().strictNullable(),
    soFar: p.json().strictNullable(),
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
    receivedAt: instantColumn(),
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
    since: instantColumn(),
    haltedBy: p.text().strictNullable(),
  },
});
