export {
  KeyOrderRefused,
  type Keyed,
  addEncryptionKey,
  keysStatus,
  retireKey,
  rotateDataKeys,
  rotateIndexKeys,
  rotateInstanceKeys,
  rotatePayloadKey,
  rotateRing,
} from './key-orders.ts';
export { type RotationDeps, rotateKeys, watchKeys } from './key-rotation.ts';
