/** The sentences of Bonheure: one catalogue for each language, of the same type. */
export { bilingual, wordsIn, reasonWords, roleName, summariesIn, type Catalogue } from './catalogue.ts';
export { exclusions, type ExclusionReason } from './exclusions.ts';
export {
  fault,
  faultIn,
  isForPeople,
  said,
  saidIn,
  type ForPrograms,
  type Said,
  inEachLanguage,
  languageOf,
  type Language,
  type Words,
} from './translation.ts';
export type { BareFault, FaultSentence } from './french/faults.ts';
export { withDe } from './french/terms.ts';
export type { RefusalName } from './french/refusals.ts';
