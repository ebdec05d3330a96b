// Starts Swagger UI on the docs page; a file of its own because the page's policy forbids inline scripts.
window.onload = () => {
  window.ui = window.SwaggerUIBundle({
    url: "openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  });
};
