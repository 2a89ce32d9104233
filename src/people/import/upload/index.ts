export { auditBase, type BaseAudit } from './audit-base.ts';
export { refusedFileSentence } from './foreign-file.ts';
export { plainText, refuseLength, unpacked } from './import-upload.ts';
