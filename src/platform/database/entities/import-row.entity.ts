import { defineEntity, p } from '@mikro-orm/core';

/** A contact that an import named. */
export const ImportRowSchema = defineEntity({
  name: 'ImportRow',
  tableName: 'import_row',
  properties: {
    importId: p.uuid().primary(),
    contactId: p.uuid().primary(),
    tenantId: p.uuid(),
    line: p.integer(),
  },
});
