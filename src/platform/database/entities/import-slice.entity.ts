import { defineEntity, p } from '@mikro-orm/core';

/** One encrypted mebibyte of an uploaded file. */
export const ImportSliceSchema = defineEntity({
  name: 'ImportSlice',
  tableName: 'import_slice',
  properties: {
    importId: p.uuid().primary(),
    position: p.integer().primary(),
    tenantId: p.uuid(),
    sealed: p.blob(),
  },
});
