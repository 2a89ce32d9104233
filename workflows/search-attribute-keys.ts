/** The search attributes of every workflow, all of them opaque. */
export const keys = {
  tenantId: { name: 'TenantId', type: 'KEYWORD' },
  kind: { name: 'Kind', type: 'KEYWORD' },
  sendState: { name: 'SendState', type: 'KEYWORD' },
  territory: { name: 'Territory', type: 'KEYWORD' },
  nextActionAt: { name: 'NextActionAt', type: 'DATETIME' },
} as const;
