import { defineEntity, p } from '@mikro-orm/core';

/** An operator's own counts of one day, beside ours. */
export const AccountBillSchema = defineEntity({
  name: 'AccountBill',
  tableName: 'account_bill',
  properties: {
    accountId: p.uuid().primary(),
    countedOn: p.date().primary(),
    messages: p.bigint(),
    partsOurs: p.bigint(),
    partsTold: p.bigint(),
    costOurs: p.decimal(),
    costTold: p.decimal(),
  },
});
