import chromium from '@sparticuz/chromium';

// A process of its own: it unpacks into the temporary folder of its environment, and nowhere else.
await chromium.executablePath();
