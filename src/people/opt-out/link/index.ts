export {
  blockIn,
  endOf,
  idIn,
  lettersOf,
  linkAddress,
  type OptOutLink,
  type OptOutLinks,
  OptOutTokens,
  sampleLink,
  scopeOfLink,
  type TokenReading,
} from './opt-out-link.ts';
