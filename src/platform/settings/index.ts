export { type Config, type OidcSettings, readConfig, type TemporalSettings } from './config.ts';
export {
  answersComeBack,
  type GatewayAccount,
  isFake,
  ownStopCode,
  priceAt,
  type StatusMeaning,
} from './gateway-account.ts';
export type { Queue } from './variables.ts';
export { isGuessable, refuseGuessable } from './weak-key.ts';
