import createSwaggerUI from '@fastify/swagger-ui/static/swagger-ui-bundle.js';
import '@fastify/swagger-ui/static/swagger-ui.css';
import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import { ALL_SCOPES } from '../../shared/scopes.ts';
import { forPeople } from './for-people.ts';
import './reference.css';

const dark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', followScheme);
followScheme();

const ui = createSwaggerUI({
  dom_id: '#reference',
  url: '/openapi.json',
  plugins: [forPeople],
  deepLinking: true,
  // In memory only, as in the product: a reload forgets the token.
  persistAuthorization: false,
  // A service of its makers, which would be told of the document.
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  // The one theme whose numbers can be read.
  syntaxHighlight: { theme: 'obsidian' },
  onComplete: () =>
    ui.initOAuth({ clientId: FIRST_PARTY_CLIENT, clientSecret: '', scopes: ALL_SCOPES.join(' ') }),
});
