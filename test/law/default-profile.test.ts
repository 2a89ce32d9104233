import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as law from '../../src/law/index.ts';
import { isPurpose, profiles } from '../../src/law/profile.ts';
import { REMINDERS, type Purpose } from '../../src/rule/rule.ts';

const PURPOSES: readonly Purpose[] = ['marketing', ...REMINDERS, 'acknowledgement', 'confirmation'];
const src = new URL('../../src/', import.meta.url);

/** Sources that show a profile’s name as an example. */
const EXAMPLES = ['main/cli/law-calendar.ts', 'web/api/law/law-schema.ts', 'web/server/schema.ts'];

describe('a default profile', () => {
  it.each(PURPOSES)('stands once for %s', (purpose) => {
    const named = profiles.filter(({ defaultFor = [] }) => defaultFor.includes(purpose)).map(({ id }) => id);
    expect([...new Set(named)]).toEqual([law.defaultProfile(purpose)]);
    expect(isPurpose(purpose)).toBe(true);
  });

  it('is named by no source outside the law', () => {
    const naming = globSync('**/*.ts', { cwd: src })
      .filter((file) => !file.startsWith('law/'))
      .filter((file) => {
        const text = readFileSync(new URL(file, src), 'utf8');
        return profiles.some(({ id }) => text.includes(id)) || text.includes('law/profile/');
      });
    expect(naming.toSorted()).toEqual(EXAMPLES);
  });

  it('is not handed out by the law’s index', () => {
    const handedOut = profiles.filter((profile) => Object.values<unknown>(law).includes(profile));
    expect(handedOut.map(({ id }) => id)).toEqual(['fr-functional-open']);
    expect(handedOut.flatMap(({ defaultFor }) => defaultFor)).toEqual([]);
  });
});
