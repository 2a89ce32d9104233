// Served instead of Swagger UI's own start; what its markup leaves unnamed is named here.
const REGIONS = { '.information-container': 'About', '.scheme-container': 'Server and key' };
const HEADINGS = 'h3.opblock-tag, section.models > h4';

function nameParts() {
  for (const [part, label] of Object.entries(REGIONS)) {
    document.querySelector(part)?.setAttribute('role', 'region');
    document.querySelector(part)?.setAttribute('aria-label', label);
  }
  document.querySelector('#servers')?.setAttribute('aria-label', 'Server');
  for (const heading of document.querySelectorAll(HEADINGS)) heading.setAttribute('aria-level', '2');
}

window.addEventListener('load', () => {
  // Deep links would put a link inside each button, which a keyboard cannot tell apart.
  window.ui = globalThis.SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: false,
    validatorUrl: null,
    presets: [globalThis.SwaggerUIBundle.presets.apis],
    layout: 'BaseLayout',
    onComplete: nameParts,
  });
});
