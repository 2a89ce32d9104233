#!/usr/bin/env node
// Plain JavaScript: Node strips no types below node_modules, and would say so in a page of its own.
import '../node-version.js';

if (import.meta.url.includes('/node_modules/')) {
  process.stderr.write(
    'bonheure-audit runs from a checkout of Bonheure, not from an installed package: clone the repository, run `npm ci`, and `npx bonheure-audit contacts.csv` there.\n',
  );
  process.exitCode = 1;
} else {
  await import('./audit-base.ts');
}
