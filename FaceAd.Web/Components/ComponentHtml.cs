using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace FaceAd.Web.Components;

/// <summary>Renders components outside any page.</summary>
sealed class ComponentHtml(IServiceProvider services, ILoggerFactory logs)
{
    private const string Nowhere = "http://localhost/";

    /// <summary>Renders one to HTML, in the current language.</summary>
    /// <param name="parameters">Its parameters by name.</param>
    public async Task<string> RenderAsync<TComponent>(Dictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        await using var scope = services.CreateAsyncScope();
        // Every component can show messages, and those ask where they are.
        if (scope.ServiceProvider.GetRequiredService<NavigationManager>() is IHostEnvironmentNavigationManager place)
            place.Initialize(Nowhere, Nowhere);
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logs);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TComponent>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
