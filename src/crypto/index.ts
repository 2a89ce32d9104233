export { type IndexLayer, IndexLayers, phoneIndexText } from './blind-index.ts';
export {
  type VersionedKey,
  type Place,
  CiphertextRefused,
  ifOpens,
  sealBytes,
  versionOf,
  unseal,
  newKeyBytes,
  keyOf,
  keyedDigest,
  isSameSecret,
} from './cipher.ts';
export {
  type KeyPurpose,
  KEY_PURPOSES,
  type ComposingKeys,
  type SealingKeys,
  TenantKeys,
  TenantKeysMissing,
  PersonKey,
  newPersonKey,
  personKey,
} from './tenant-keys.ts';
