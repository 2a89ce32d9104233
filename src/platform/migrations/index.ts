export { applyMissing } from './apply-missing.ts';
export { unseen } from './missing-migrations.ts';
