import type { Language } from './language.ts';
import { englishRoles as english } from './english/roles.ts';
import { roles as french } from './french/roles.ts';

const NAMES: Readonly<Record<Language, Readonly<Record<string, string>>>> = { fr: french, en: english };

/** Returns the display name of a role. */
export const roleName = (role: string, language: Language): string => NAMES[language][role] ?? role;
