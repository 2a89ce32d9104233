import type { Roles } from '../french/roles.ts';

/** The roles of keys in English. */
export const englishRoles: Roles = {
  admin: 'administration',
  marketer: 'marketing',
  scheduler: 'front desk',
  operator: 'operations',
  auditor: 'audit',
  instance: 'instance',
};
