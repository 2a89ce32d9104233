import { defineEntity, p } from '@mikro-orm/core';

/** What a process last said of its memory, its event loop and its connections. */
export const ProcessFiguresSchema = defineEntity({
  name: 'ProcessFigures',
  tableName: 'process_figures',
  properties: {
    processId: p.uuid().primary(),
    kind: p.text(),
    figures: p.json(),
    at: p.datetime(6),
  },
});
