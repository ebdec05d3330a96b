// Starts Swagger UI on the docs page; a file of its own because the page's policy forbids inline scripts.
window.onload = () => {
  window.ui = window.SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    displayRequestDuration: true,
    // The groups first: of 150 lines or more, Swagger UI keeps only those on the screen in the page, where a search misses the rest.
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
};
