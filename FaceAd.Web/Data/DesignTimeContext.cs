using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace FaceAd.Web.Data;

/// <summary>Lets the EF migration commands build the model without starting the app.</summary>
sealed class DesignTimeContext : IDesignTimeDbContextFactory<FaceAdDbContext>
{
    public FaceAdDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql("Host=localhost").Options);
}
