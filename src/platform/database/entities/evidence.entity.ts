import { defineEntity, p } from '@mikro-orm/core';
import { instantColumn } from '../instant-column.ts';

/** A head of a chain stamped by a time-stamping authority; append-only. */
export const AnchorSchema = defineEntity({
  name: 'Anchor',
  tableName: 'anchor',
  properties: {
    tenantId: p.uuid().primary(),
    chain: p.text().primary(),
    position: p.bigint('number').primary(),
    head: p.blob(),
    root: p.blob(),
    statement: p.text(),
    token: p.blob(),
    stampedAt: instantColumn(),
  },
});

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
