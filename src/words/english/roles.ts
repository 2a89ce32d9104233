import type { Roles } from '../french/roles.ts';

/** What keys may do, as people call it in English. */
export const roles: Roles = {
  admin: 'administration',
  marketer: 'marketing',
  scheduler: 'front desk',
  operator: 'operations',
  auditor: 'audit',
  instance: 'instance',
};
