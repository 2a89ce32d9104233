import { defineEntity, p } from '@mikro-orm/core';

/** The cached root over a whole block of links. */
export const ChainBlockSchema = defineEntity({
  name: 'ChainBlock',
  tableName: 'chain_block',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    block: p.integer().primary(),
    root: p.blob(),
  },
});
