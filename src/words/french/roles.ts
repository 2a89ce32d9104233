/** The roles of keys in French. */
export const roles = {
  admin: 'administration',
  marketer: 'communication',
  scheduler: 'secrétariat',
  operator: 'exploitation',
  auditor: 'contrôle',
  instance: 'instance',
} as const;

/** The same names in another language: none is missing, none is left over. */
export type Roles = Readonly<Record<keyof typeof roles, string>>;
