export {
  ensureKeyRing,
  type KeyRing,
  KeyRingUnusable,
  openKeyRing,
  readKeyFile,
  writeKeyFile,
} from './key-ring.ts';
