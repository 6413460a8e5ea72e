interface OpenApiDocument {
  paths: Record<string, Record<string, { security?: object[] }>>;
  components: { securitySchemes: { person: object } };
}

/**
 * A plugin of swagger-ui: the document as this page uses it. It calls where it came from, which on one's own machine
 * may be another name than `PUBLIC_URL`, and its dialog asks a person for a person's credentials only: beside them the
 * fields of clients look the same, and would take the focus.
 */
export const forPeople = {
  statePlugins: {
    spec: {
      wrapActions: {
        updateJsonSpec: (update: (document: object) => unknown) => (document: OpenApiDocument) => {
          const { components } = document;
          const { person } = components.securitySchemes;
          return update({
            ...document,
            servers: [{ url: location.origin }],
            paths: forPersons(document.paths),
            components: { ...components, securitySchemes: { person } },
          });
        },
      },
    },
  },
};

/** A lock that a person cannot open stands at no operation. */
function forPersons(paths: OpenApiDocument['paths']): OpenApiDocument['paths'] {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const operation of operations)
    operation.security = (operation.security ?? []).filter((scheme) => 'person' in scheme);
  return paths;
}
