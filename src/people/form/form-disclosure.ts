import { isInEea } from '../../company/index.ts';
import type { FormDisclosure, FormProcessor } from './form-terms.ts';
import type { Language } from '../../words/index.ts';

/** The disclosure of a controller without an officer and with fake accounts only. */
export const NOTHING_DISCLOSED: FormDisclosure = {
  dataProtectionOfficer: null,
  processors: [],
  othersAbroad: false,
};

/** Returns the processors outside the European Economic Area. */
export const abroad = ({ processors }: FormDisclosure): readonly FormProcessor[] =>
  (processors ?? []).filter(({ country }) => !isInEea(country));

/** Words a company and its country, in the reader's language. */
export function processorSaid({ name, country }: FormProcessor, language: Language): string {
  const isCode = /^[A-Za-z]{2}$/.test(country);
  const said = isCode
    ? new Intl.DisplayNames([language], { type: 'region' }).of(country.toUpperCase())
    : country;
  return `${name} (${said ?? country})`;
}
