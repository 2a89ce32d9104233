import { defineEntity, p } from '@mikro-orm/core';

/** The controller: one legal entity that decides whom to write to. */
export const TenantSchema = defineEntity({
  name: 'Tenant',
  tableName: 'tenant',
  properties: {
    id: p.uuid().primary(),
    externalId: p.text().nullable(),
    name: p.text(),
    legalName: p.text(),
    contact: p.json(),
    sender: p.text().nullable(),
    sector: p.text(),
    profile: p.text(),
    territory: p.text(),
    timeZone: p.text(),
    locale: p.text(),
    domains: p.array(),
    settings: p.json(),
    complete: p.boolean(),
    halted: p.boolean(),
    haltReason: p.text().nullable(),
    haltedAt: p.datetime(6).nullable(),
    /** As the audit names whoever ordered it; null where it is not known. */
    haltedBy: p.text().nullable(),
    shadow: p.boolean(),
    reasonsCut: p.json().nullable(),
    createdAt: p.datetime(6),
    updatedAt: p.datetime(6),
  },
});
