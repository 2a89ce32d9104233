// What loads no database; src/platform/index.ts offers the rest.
export {
  CiphertextRefused,
  ifOpens,
  isSameSecret,
  keyedDigest,
  newKeyBytes,
  type Place,
  sealBytes,
  unseal,
  type VersionedKey,
  versionOf,
} from './cipher.ts';
export {
  newPersonKey,
  personKey,
  type PersonKey,
  type ComposingKeys,
  TenantKeys,
  TenantKeysMissing,
} from './tenant-keys.ts';
