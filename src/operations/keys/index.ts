export {
  addEncryptionKey,
  type Keyed,
  KeyOrderRefused,
  retireKey,
  rotateDataKeys,
  rotateIndexKeys,
  rotateInstanceKeys,
  rotatePayloadKey,
  rotateRing,
} from './key-orders.ts';
export { rotateKeys, type RotationDeps, watchKeys } from './key-rotation.ts';
export { keysStatus } from './key-status.ts';
