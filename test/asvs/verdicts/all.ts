import type { Verdicts } from '../verdict.ts';
import { api, browser, files } from './browser.ts';
import { communication, configuration, cryptography } from './cryptography.ts';
import { data, design, logs, webrtc } from './data.ts';
import { encoding, validation } from './encoding.ts';
import { authentication, authorisation, sessions } from './identity.ts';
import { directory, tokens } from './tokens.ts';

/** Every requirement of levels 1 and 2 with what became of it here. */
export const verdicts: Verdicts = {
  ...encoding,
  ...validation,
  ...browser,
  ...api,
  ...files,
  ...authentication,
  ...sessions,
  ...authorisation,
  ...tokens,
  ...directory,
  ...cryptography,
  ...communication,
  ...configuration,
  ...data,
  ...design,
  ...logs,
  ...webrtc,
};
