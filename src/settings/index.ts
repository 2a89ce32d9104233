export { applyMissing } from './apply-missing.ts';
export { type TemporalSettings, type Config, readConfig, type OidcSettings } from './config.ts';
export {
  type StatusMeaning,
  type GatewayAccount,
  answersComeBack,
  ownStopCode,
  priceAt,
  isFake,
} from './gateway-account.ts';
export {
  KeyRingUnusable,
  KeyRing,
  openKeyRing,
  readKeyFile,
  writeKeyFile,
  ensureKeyRing,
} from './key-ring.ts';
export { unseen } from './missing-migrations.ts';
export { type Queue, isGuessable, refuseGuessable } from './variables.ts';
