export { type Config, type OidcSettings, readConfig, type TemporalSettings } from './config.ts';
export {
  answersComeBack,
  type GatewayAccount,
  isFake,
  ownStopCode,
  priceAt,
  type StatusMeaning,
} from './gateway-account.ts';
export { type Queue, isGuessable, refuseGuessable } from './variables.ts';
