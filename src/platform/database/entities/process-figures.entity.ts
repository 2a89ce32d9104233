import { defineEntity, p } from '@mikro-orm/core';

/** A process's last figures on its memory, event loop and connections. */
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
