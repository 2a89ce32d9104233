import { territoryIn } from './territory-words.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

const FIELDS: Readonly<Record<string, Words>> = bilingual.companyPages.fields;

/** Returns the name of a setting, or of one of its values. */
export const settingName = (name: string, language: Language): string =>
  FIELDS[name]?.[language] ?? territoryIn(name, language);
