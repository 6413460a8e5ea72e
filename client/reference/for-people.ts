interface OpenApiDocument {
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
            components: { ...components, securitySchemes: { person } },
          });
        },
      },
    },
  },
};
