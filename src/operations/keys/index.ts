export {
  addEncryptionKey,
  type Keyed,
  KeyOrderRefused,
  keysStatus,
  retireKey,
  rotateDataKeys,
  rotateIndexKeys,
  rotateInstanceKeys,
  rotatePayloadKey,
  rotateRing,
} from './key-orders.ts';
export { rotateKeys, type RotationDeps, watchKeys } from './key-rotation.ts';
