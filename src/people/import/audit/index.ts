export { auditBase, type BaseAudit } from './audit-base.ts';
