import { existsSync, readFileSync } from 'node:fs';
import type { Enforcement, Enforcer } from '../src/web/api/law/enforced.ts';
import { root } from './root.ts';

/** What is said to enforce a provision, or to test it, and does not exist. */
export function missingEnforcement(enforcement: Readonly<Record<string, Enforcement>>): readonly string[] {
  return Object.entries(enforcement).flatMap(([id, { by, tests }]) =>
    [...by.map(missingSymbol), ...tests.map(missingFile)].flatMap((missing) =>
      missing === undefined ? [] : [`${id}: ${missing}`],
    ),
  );
}

const missingFile = (file: string): string | undefined =>
  existsSync(new URL(file, root)) ? undefined : `${file} is not there`;

function missingSymbol({ file, symbol }: Enforcer): string | undefined {
  const missing = missingFile(file);
  if (missing !== undefined) return missing;
  const declared = new RegExp(`^(?:export )?(?:async )?(?:function\\*?|const|class) ${symbol}\\b`, 'm');
  return declared.test(readFileSync(new URL(file, root), 'utf8'))
    ? undefined
    : `${file} declares no ${symbol}`;
}
